"""`mathcoder corpus`: build a pretraining corpus, look at it, publish it."""
