-- v_daily: the documents of a day, a source and a product
-- day: date: when the customers wrote (UTC); null for documents without a time
-- source: text: where they are from
-- product: text: null for documents without one
-- documents: integer: all of them
-- analysed: integer: those whose sentiment was analysed
-- positive: integer: surely positive
-- neutral: integer: surely neutral
-- negative: integer: surely negative
-- unsure: integer: whose polarity the model is unsure of
-- no_polarity: integer: analysed by a model that has no polarity
-- rated: integer: those with a rating whose scale is known
-- mean_stars: number: the mean of these ratings, each as so many of 5
SELECT
    d.day AS day,
    d.source AS source,
    d.product AS product,
    COUNT(*) AS documents,
    COUNT(d.sentiment_run_id) AS analysed,
    COUNT(*) FILTER (WHERE d.polarity = 'positive') AS positive,
    COUNT(*) FILTER (WHERE d.polarity = 'neutral') AS neutral,
    COUNT(*) FILTER (WHERE d.polarity = 'negative') AS negative,
    COUNT(*) FILTER (WHERE d.unsure) AS unsure,
    COUNT(*) FILTER (WHERE NOT d.unsure AND d.polarity IS NULL) AS no_polarity,
    COUNT(d.rating * d.rating_scale) AS rated,
    AVG(5.0 * d.rating / d.rating_scale) AS mean_stars
FROM current_documents AS d
GROUP BY d.day, d.source, d.product
