import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from bot.nlu.linear import Method, fit_linear, ranking


def blobs() -> tuple[np.ndarray, np.ndarray]:
    """Three classes of twelve points around the corners of a triangle."""
    classes = np.repeat(np.arange(3), 12)
    noise = np.random.RandomState(0).normal(0, 0.4, (36, 3))
    return np.eye(3)[classes] + noise, classes


def test_threshold_refuses_the_asked_share_when_chosen() -> None:
    points, classes = blobs()
    fitted = fit_linear(points @ points.T, classes, Method(refused=0.25))
    right = fitted.held_out.argmax(axis=1) == classes
    refused = fitted.held_out.max(axis=1)[right] < fitted.threshold
    assert refused.mean() == pytest.approx(0.25, abs=0.05)


def test_last_texts_are_not_held_out_when_untested() -> None:
    points, classes = blobs()
    order = np.arange(36) * 7 % 36
    points, classes = points[order], classes[order]
    assert len(fit_linear(points @ points.T, classes, Method(), untested=3).held_out) == 33


def test_features_weigh_as_the_dual_says() -> None:
    points, classes = blobs()
    fitted = fit_linear(points @ points.T, classes, Method())
    logits = points @ (points.T @ fitted.dual) + fitted.bias
    assert (logits.argmax(axis=1) == classes).mean() > 0.85


@pytest.mark.parametrize("count", [2, 3])
def test_logits_are_those_of_scikit_learn_when_classes_are_balanced(count: int) -> None:
    points, classes = blobs()
    points, classes = points[: 12 * count - 5], classes[: 12 * count - 5]
    fitted = fit_linear(points @ points.T, classes, Method(strength=5.0))
    model = LogisticRegression(C=5.0, class_weight="balanced", tol=1e-6).fit(points, classes)
    ours = points @ (points.T @ fitted.dual) + fitted.bias
    theirs = model.decision_function(points)
    differences = ours[:, 1] - ours[:, 0] if count == 2 else ours - ours.mean(axis=1)[:, np.newaxis]
    heat = float(np.vdot(theirs, theirs) / np.vdot(theirs, differences))
    assert differences * heat == pytest.approx(theirs, abs=0.1)


def test_text_is_judged_by_a_model_without_it_when_held_out() -> None:
    points, classes = blobs()
    gram = points @ points.T + 2 * np.eye(36)  # each text has a word of its own
    classes[4] = 2
    fitted = fit_linear(gram, classes, Method(strength=1000))
    learnt = gram @ fitted.dual + fitted.bias
    assert learnt[4].argmax() == 2
    assert fitted.held_out[4].argmax() == 0


def test_class_is_never_expected_when_all_its_texts_are_held_out() -> None:
    points, classes = blobs()
    points, classes = np.vstack([points, [[0, 0, 9]]]), np.append(classes, 3)
    held_out = fit_linear(points @ points.T, classes, Method()).held_out
    assert np.isfinite(held_out).all()
    assert held_out[-1, 3] == 0


def test_ranking_has_the_best_first_with_its_evidence() -> None:
    ranked = ranking(("a", "b"), np.array([0.5, 2.0], np.float32), threshold=3.0)
    assert (ranked.best, ranked.evidence, ranked.is_known) == ("b", 2.0, False)
    assert ranked.margin == pytest.approx(ranked.shares["b"] - ranked.shares["a"])
    assert ranking(("a",), np.zeros(1, np.float32), 0.0).margin == 1.0


def test_rounding_that_makes_inner_products_indefinite_is_outweighed() -> None:
    chance = np.random.default_rng(3)
    features = chance.normal(size=(40, 8))
    gram = features @ features.T
    gram -= 5e-5 * np.eye(len(gram))  # as a float32 product of many alike rows may come out
    fitted = fit_linear(gram, np.arange(40) % 2, Method())
    assert np.isfinite(fitted.dual).all()


def test_inner_products_that_are_not_finite_are_named() -> None:
    with pytest.raises(ValueError, match="infs or NaNs|not finite"):
        fit_linear(np.full((4, 4), np.nan), np.arange(4) % 2, Method())
