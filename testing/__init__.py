"""What tests share: builders, fixtures and helpers for pages."""
