"""The web process: an event loop that answers ready responses, in front of Django in threads.

A response that Django has rendered once is kept with the rule that says for how long it stays
exact, and later requests for it are answered on the event loop, without Django. The front knows
HTTP only. What a kept response depends on, how it is counted and which parts change from request to
request is described by a `Ready` object, which a view attaches to its response.

docs/decisions/0017 gives the reasons and the alternatives that were measured.
"""
