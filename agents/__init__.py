"""Who lives in the county, and how they live: households as columns and one file per mechanism."""
