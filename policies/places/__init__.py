"""Places: programmes that change where households live and what is near them."""
