"""Trains models on what the other packages make: fine-tuning on solutions, continued pretraining on a corpus."""
