"""Between Lambda and the functions of users."""
