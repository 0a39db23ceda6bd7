"""What the commands of `nightdesk` do, one module each; bot/cli.py only reads their options."""
