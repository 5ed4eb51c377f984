"""Load on the verse service: seven passages, asked for five times as often as the ranking.

    .venv/bin/locust --locustfile benchmarks/locustfile.py --host http://127.0.0.1:8080 \
        --headless --users 50 --spawn-rate 10 --run-time 30s

Start the server with VERSES_THROTTLE=0: all users of a load test share one address.
"""

import secrets

from locust import HttpUser, between, task

REFERENCES = (
    "John 3:16",
    "Genesis 1:1",
    "Psalm 23:1",
    "Romans 8:28",
    "Proverbs 3:5",
    "Matthew 6:33",
    "John 1:1",
)


class Reader(HttpUser):
    """Asks for well-known verses and now and then for the most popular ones."""

    wait_time = between(0.1, 0.5)

    @task(5)
    def ask_for_a_verse(self) -> None:
        self.client.post("/verse", json={"reference": secrets.choice(REFERENCES)})

    @task(1)
    def read_the_ranking(self) -> None:
        self.client.get("/top?n=3", name="/top")
