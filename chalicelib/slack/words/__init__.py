"""Write every word that Slack shows; pure."""
