"""What everything that answers HTTP shares: reading untrusted requests, giving out files."""
