"""Pictures of our own: fetched while an edition closes, encoded anew in a child process, kept, served."""
