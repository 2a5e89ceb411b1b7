"""The hub: start reading at bootstrap.py (what it is made of), then run/steps.py (what it does with a delivery)."""
