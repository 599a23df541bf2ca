"""What planners can do: one module per programme, its sourced numbers beside it."""
