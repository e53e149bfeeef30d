"""Long work beside the service: uploads, jobs in processes of their own, and what they run."""
