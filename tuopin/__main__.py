"""``python -m tuopin`` is the command ``tuopin``."""

from tuopin.sim.cli import main

if __name__ == "__main__":
    main()
