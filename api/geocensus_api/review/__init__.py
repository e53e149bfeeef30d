"""The review of flags for clients: what a panel shows, what a request asks for."""
