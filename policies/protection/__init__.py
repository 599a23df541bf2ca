"""Protection: programmes that pay when illness, age or misfortune strikes."""
