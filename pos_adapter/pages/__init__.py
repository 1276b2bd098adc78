"""The browser till: enrolling a device, signing in, selling, taking back."""
