"""The same step on many flags: a preview that says how many, then exactly these, with a result for each."""
