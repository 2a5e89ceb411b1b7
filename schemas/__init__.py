"""The contract: what agencies send and what they get back. Start at vocabulary.py, event_type.py and events.py."""
