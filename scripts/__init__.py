"""What is run by hand or by the build, and is no part of the program."""
