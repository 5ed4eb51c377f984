"""Why a model scores as it does, and where it is weak."""
