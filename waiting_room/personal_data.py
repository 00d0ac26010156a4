"""What this app keeps about people: nothing but an account's or a network's place in the cache, for a day."""

NOT_PERSONAL = {"waiting_room.WaitingRoom": ["message"]}
