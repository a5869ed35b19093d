"""What scripts/bundle does, step by step: recipe, program, share, papers (licences, SBOM, sums), scan, installers."""
