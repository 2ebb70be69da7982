"""What a person does about themselves: profile, ways to sign in, sessions, applications."""
