"""Messages, labels and number formats, in any language; no translation happens here."""
