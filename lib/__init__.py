"""The ground that all apps stand on: money, words, moments, files. It has no models and imports no app."""
