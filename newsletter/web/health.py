"""Whether this process can serve: for whoever watches over it."""

import structlog
from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from newsletter.models import Topic
from newsletter.web.shared import shared

blueprint = Blueprint("health", __name__)
log = structlog.get_logger()


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 when the database answers with our tables, else 503."""
    try:
        with shared().database.read() as session:
            session.execute(select(Topic.id).limit(1))
    except SQLAlchemyError as error:
        log.error("health check failed", reason=type(error).__name__)
        return jsonify(status="unavailable", database="does not answer"), 503
    return jsonify(status="ok", database="answers")
