"""Who lives in the county, and by which mechanisms: households as columns and one file per mechanism."""
