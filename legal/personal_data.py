"""What this app keeps about people; see `accounts/privacy.py`."""

NOT_PERSONAL = {
    "legal.LegalVersion": ["change_note"],
    "legal.LegalText": ["language", "body"],
}
