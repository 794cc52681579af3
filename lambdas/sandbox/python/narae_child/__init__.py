"""The harness inside a child. All of it is loaded before a run arrives; what a run may not need is imported late."""
