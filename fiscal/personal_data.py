"""What this app keeps about people; see `accounts/privacy.py`. A receipt names no customer."""

NOT_PERSONAL = {
    "fiscal.Account": ["number", "posting_key"],
    "fiscal.Receipt": ["code", "currency", "means", "content"],
    "fiscal.ReceiptLine": ["text"],
    "fiscal.ReceiptSeries": ["prefix"],
    "fiscal.ReceiptSettings": ["online_prefix"],
}
