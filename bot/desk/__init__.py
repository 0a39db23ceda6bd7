"""The desk: where people sign in, take cases over, answer customers and see the numbers."""
