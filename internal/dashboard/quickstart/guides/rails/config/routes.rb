Rails.application.routes.draw do
  root "sessions#show"
  get "/auth/clientele/callback", to: "sessions#create"
  delete "/session", to: "sessions#destroy"
end
