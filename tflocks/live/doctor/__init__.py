"""Has the doctor look, with the operator's own rights: at buckets, at lock tables, at the deployed reaper."""
