"""Charts: what they show (specs), how they look (theme, layout), how they are drawn."""
