"""Where, when and what-if: places, studies and evidence as data."""
