"""The budget: the published cascade in exact arithmetic, and the uncertain cascade of draws."""
