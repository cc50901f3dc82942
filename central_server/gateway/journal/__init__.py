"""Journal intake: accepts what tills have journalled, and lets the features book it afterwards."""
