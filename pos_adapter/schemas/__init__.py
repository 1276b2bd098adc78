"""What goes over the wire of the till API, in and out."""
