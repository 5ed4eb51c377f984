"""Names that vulture cannot see in use, by the place that uses them; see [tool.vulture]."""
# ruff: noqa: B018, INP001, SLF001, F821

_: object

# Settings and urls.py name these in strings.
_.error_response
_.bad_request
_.permission_denied
_.not_found
_.server_error
_.csrf_failure
_.configuration
_.CompressionMiddleware
_.ContentSecurityPolicyMiddleware
_.CsrfViewMiddleware
_.HtmxMiddleware
_.MessageMiddleware
_.SessionMiddleware
_.AuthenticationMiddleware
_.process_view
_.BoundedJSONParser
_.CspBrowsableAPIRenderer
_.GzippedManifestStorage
_._csp_update  # read by csp.middleware

# The task queue calls these by dotted name.
_.execute_training
_.start_heartbeat
_.bind_request_id
_.unbind_request_id

# Columns that the ORM and queries by keyword use.
_.created_at
_.created_by
_.heartbeat_at
_.queued_at
_.beat_at
_.promoted_at
_.promoted_by
_.withdrawn_at
_.updated_at
_.failed_at
_.succeeded_at
_.probing_until
_.edition_digest
_.scheduler
_.data_sha256
# Members of choices: values of requests.
_.LOGISTIC
_.COMPARE
_.F1
_.PROFIT
_.DASK

# Fields of serializers and filters, and extra actions of a router.
_.customer
_.page_size_query_param
_.max_page_size
_.base_url
_.min_probability
_.lineage
_.highlighted
_.is_champion
_.artifact
_.id
_.contribution

# The admin finds actions and columns by name.
_.erase
_.lookups
_.model_admin
_.parameter_name
_.cached_chapters
_.refresh_catalogue
_.calls_in_window
_.percentage

# Templates use these.
_.template_name
_.code_spans
_.passage_name
_.summary_metrics
_.previous

# dataclasses.asdict passes these to XGBoost.
_.min_child_weight
_.reg_alpha
_.gamma
_.colsample_bytree

_.chunks  # protocol of Django's uploaded files
_.make_sample  # the sample as frames; tests look into it
_.missing_from  # tests compare the table of an edition with its text

# Jinja2 templates of the report use these.
_.meaning
_.METRICS
_.CLASSIFIERS
_.KINDS

# Choices of a model field, selected by their values in forms and requests.
_.AUTO
_.RANDOM
_.TIME

# Called or read by openpyxl, uvicorn and Django's database layer.
_.read_chartsheet
_.rel
_.timeout_keep_alive_task
_.isolation_level

# Set by an update, read in an expression of the ORM.
_.progressed_at

# A column of the audit table, shown in the admin.
_.username
