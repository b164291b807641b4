"""Word problems of primary-school arithmetic made by schemas, each with the program that solves it. No model."""
