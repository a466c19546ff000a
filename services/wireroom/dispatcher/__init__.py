"""The dispatcher: launches flights and finds lost ones; several run side by side."""
