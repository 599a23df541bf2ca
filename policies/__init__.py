"""What planners can do: families of programmes, one folder each, sourced numbers beside the rules."""
