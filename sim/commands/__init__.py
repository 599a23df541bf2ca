"""The commands of `tuopin`: one file each, with nothing heavy imported before it is needed."""
