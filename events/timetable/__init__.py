"""Shows in halls: scheduling, moving, copying and repeating."""
