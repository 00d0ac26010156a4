"""What a theater says itself: the places where it may, and its texts there."""
