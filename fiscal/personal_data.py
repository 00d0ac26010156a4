"""What this app keeps about people; see `accounts/privacy.py`. A receipt names no customer."""

NOT_PERSONAL = {
    "fiscal.Account": ["number", "posting_key"],
    "fiscal.Receipt": ["code", "control", "currency", "means", "content"],
    "fiscal.ReceiptLine": ["text"],
    "fiscal.ReceiptSeries": ["prefix"],
    "fiscal.ReceiptSettings": ["online_prefix"],
    # What devices sign and answer: numbers of receipts and amounts.
    "fiscal.Signature": ["signed_text", "value", "code", "error"],
    "fiscal.SigningDevice": ["register"],
}
