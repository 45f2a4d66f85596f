"""The conversation gateway: carries every conversation and fetches a human."""
