"""What a million orders cost on AWS, from what a run in process counts, the template, prices and assumptions."""
