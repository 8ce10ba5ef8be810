"""Write joint alerts, their lists, replies and answers; pure."""
