"""What the HTML page shows, section by section: plain values that the templates write down."""
