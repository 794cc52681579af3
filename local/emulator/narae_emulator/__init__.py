"""What our process adds to MiniStack: it keeps what it has acknowledged (docs/local.md, "What a crash means")."""
